package seed

var eastern = []culture{
	{
		weight: 45,
		given:  "Anna, Piotr, Katarzyna, Krzysztof, Magdalena, Tomasz, Agnieszka, Paweł, Joanna, Michał, Barbara, Marcin, Ewa, Jakub, Aleksandra, Łukasz, Zuzanna, Grzegorz, Małgorzata, Wojciech, Natalia, Rafał, Dorota, Stanisław, Bożena, Zbigniew",
		family: "Nowak, Kowalski, Wiśniewski, Wójcik, Kowalczyk, Kamiński, Lewandowski, Zieliński, Szymański, Woźniak, Dąbrowski, Kozłowski, Mazur, Kwiatkowski, Krawczyk, Kaczmarek, Piotrowski, Grabowski, Pawłowski, Michalski, " +
			"Król, Wieczorek, Jabłoński, Wróbel, Majewski, Olszewski, Stępień, Malinowski, Jaworski, Adamczyk, Dudek, Górski",
		begin: "Biał, Brzez, Chmiel, Czarn, Dęb, Gór, Jas, Kamień, Lip, Maz, Niem, Ost, Pod, Rud, Sik, Sokoł, Star, Tarn, Wit, Zab, Żuk",
		end:   "owski, iński, ecki, acki, czyk, czak, ewicz, icki, ielski, orek",
	},
	{
		weight: 35,
		given:  "Jana, Jan, Eva, Petr, Lucie, Tomáš, Tereza, Martin, Kateřina, Jakub, Veronika, Ondřej, Zuzana, Lukáš, Lenka, Marek, Kristýna, Vojtěch, Barbora, Matej, Ľubica, Štěpán, Žofie, Radovan, Ivana, Zdeněk",
		family: "Novák, Svoboda, Novotný, Dvořák, Černý, Procházka, Kučera, Veselý, Horák, Němec, Pokorný, Marek, Pospíšil, Hájek, Král, Jelínek, Růžička, Beneš, Fiala, Sedláček, Doležal, Zeman, Kolář, Navrátil, Čermák, Kováč, Horváth, Varga, Baláž",
		begin:  "Bedn, Bran, Dol, Hav, Hlav, Jan, Kad, Kap, Kop, Kub, Lud, Mal, Mas, Mich, Pavl, Rad, Šim, Štef, Vác, Zah, Žák",
		end:    "áček, ák, an, ar, áš, ec, ek, ěk, ický, ín, íř, ovský, ouš, ský, ura",
	},
	{
		weight: 25,
		given:  "Anna, Gábor, Katalin, László, Eszter, István, Zsófia, Péter, Réka, Zoltán, Ágnes, Balázs, Nóra, Bence, Maria, Andrei, Elena, Mihai, Ioana, Alexandru, Andreea, Ștefan, Raluca, Bogdan, Cristina, Radu",
		family: "Nagy, Kovács, Tóth, Szabó, Horváth, Varga, Kiss, Molnár, Németh, Farkas, Balogh, Papp, Takács, Popa, Popescu, Ionescu, Pop, Radu, Dumitru, Stan, Stoica, Gheorghe, Matei, Ciobanu, Rusu, Munteanu, Ștefănescu, Țurcanu",
		begin:  "Alba, Barbu, Cern, Dobr, Drag, Funar, Gavr, Grig, Lup, Mar, Moldov, Negr, Olar, Petr, Roș, Săv, Tănăs, Vasil, Vlăd",
		end:    "escu, ean, aru, eanu, oiu, iu, ache, ici, oaie",
	},
	{
		weight: 40,
		given:  "Anna, Alexander, Maria, Dmitri, Olena, Andriy, Natalia, Sergei, Oksana, Mykola, Ekaterina, Ivan, Iryna, Oleksandr, Svetlana, Viktor, Yulia, Maksym, Tatiana, Bohdan, Daria, Nikolai, Kateryna, Pavel, Ana, Nikola, Jelena, Marko, Milica, Goran, Ivana, Luka, Zrinka, Georgi, Desislava",
		family: "Ivanov, Shevchenko, Petrov, Kovalenko, Smirnov, Bondarenko, Kuznetsov, Tkachenko, Popov, Kravchenko, Volkov, Melnyk, Sokolov, Boyko, Lebedev, Moroz, Novikov, Marchenko, Orlov, Lysenko, Jovanović, Petrović, Horvat, Novak, Kovačević, Marković, Babić, Nikolić, Dimitrov, Georgiev, Stoyanov, Krasniqi, Hoxha",
		begin:  "Bara, Bilo, Cher, Dani, Fedor, Gavri, Hrom, Kali, Karp, Klym, Lazar, Luk, Mak, Nest, Osta, Pana, Roma, Savch, Simon, Tara, Vasyl, Yakov, Zakhar",
		end:    "enko, chuk, yuk, ovsky, ov, ev, ić, ović, nikov, skyi",
	},
	{
		weight: 30,
		given:  "Elif, Mehmet, Zeynep, Mustafa, Ayşe, Ahmet, Fatma, Can, Emine, Burak, Defne, Emre, Selin, Murat, Büşra, Hakan, Özlem, Kerem, Gül, Cem, Deniz, İbrahim, Şule, Barış, Çağla, Onur",
		family: "Yılmaz, Kaya, Demir, Çelik, Şahin, Yıldız, Yıldırım, Öztürk, Aydın, Özdemir, Arslan, Doğan, Kılıç, Aslan, Çetin, Kara, Koç, Kurt, Özkan, Şimşek, Polat, Erdoğan, Güneş, Aksoy, Bozkurt, Taş, Ünal, Acar",
		begin:  "Ak, Al, Ay, Boz, Can, Demir, Er, Gök, Gül, Kara, Kır, Koca, Öz, Sarı, Taş, Tek, Ulu, Yal, Yeşil, Gün",
		end:    "alp, bay, baş, bulut, çay, dağ, doğan, er, gül, han, kan, kaya, soy, su, tekin, türk, yol",
	},
	{
		weight: 16,
		given:  "Maria, Georgios, Eleni, Dimitris, Katerina, Nikos, Sofia, Yannis, Vasiliki, Kostas, Ioanna, Panagiotis, Despina, Stavros, Anastasia, Thanos, Danai, Lefteris, Artemis, Ilias",
		family: "Papadopoulos, Vlachos, Angelopoulos, Nikolaidis, Georgiou, Dimitriou, Petridis, Athanasiadis, Konstantinou, Karagiannis, Makris, Economou, Pappas, Christodoulou, Antoniou, Samaras, Kazantzis, Xenakis, Zervas",
		begin:  "Anagnosto, Christo, Diamanto, Gianno, Kara, Konto, Mavro, Papa, Pana, Stathó, Theodo, Tri, Xantho",
		end:    "poulos, giannis, georgiou, nikolas, stathis, michalis, vasilis, markos, petros, dakis, manos",
	},
	{
		weight: 22,
		given:  "Sarah, Mohammad, Leila, Ali, Maryam, Reza, Noa, Yosef, Zahra, Hossein, Tamar, Daniel, Yasmin, Amir, Shira, David, Nasrin, Omid, Maya, Itai, Shirin, Kaveh, Adi, Eitan, Narges, Arash",
		family: "Cohen, Ahmadi, Levy, Hosseini, Mizrahi, Mohammadi, Peretz, Karimi, Friedman, Rezaei, Katz, Moradi, Azoulay, Jafari, Shapiro, Rahimi, Ben-David, Sadeghi, Goldberg, Tehrani, Avraham, Farahani, Rosenthal, Kazemi",
		begin:  "Bar-, Ben-, Eben, Gold, Gross, Isfa, Kerman, Khorram, Roze, Shah, Shira, Stein, Tabriz, Yazd, Zah",
		end:    "abadi, dani, han, hani, harit, man, manesh, nejad, or, pour, shahi, stein, tal, ur, zadeh",
	},
}
